"""A package that brings models of its own: small ones, of kinds that ganzoo itself has none of."""
