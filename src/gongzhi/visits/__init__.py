"""Grid visits (网格走访核实)."""
