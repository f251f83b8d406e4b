"""A view as a Word document: text to paragraphs in named styles, which the office may change as it likes."""
