"""The pages for people in a browser: routes here, browser code in the folders below."""
