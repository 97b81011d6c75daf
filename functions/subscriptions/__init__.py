"""A business's own systems, as AWS has us tell them."""
