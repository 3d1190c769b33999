"""PDF: characters with their places (PDFium), columns, lines, what isn't text, and paragraphs made of the lines."""
