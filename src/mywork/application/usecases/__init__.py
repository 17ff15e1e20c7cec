"""What a person asks for: buying, selling, refunding, disputing, subscribing, closing the books."""
