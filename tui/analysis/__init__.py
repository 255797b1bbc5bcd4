"""The columns of every cached event in memory: filters, facets and histograms over them."""
