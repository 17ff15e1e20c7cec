"""What people read: typed documents, the same for the API, the terminal, the console and PDFs.

Read `document` (the core), then any noun, such as `orders`: classes in the order in which their
fields are sent, each with an example below it. Closed sets of words are defined once, here; stored
events keep words of their own, which are mapped to these.
"""
