"""The same conditions read otherwise than by the engine; that all readings agree is tested, not shared."""
