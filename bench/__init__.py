"""Benchmarks: each figure beside a peer or limit measured in the same run on the same machine. Run by ``script/bench``."""
