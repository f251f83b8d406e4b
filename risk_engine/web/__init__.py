"""The office application: cases from blank to decision in a browser, on one database, signed by several people."""
