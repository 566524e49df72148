"""`ganzoo web`: a page in the browser that shows what runs make."""
