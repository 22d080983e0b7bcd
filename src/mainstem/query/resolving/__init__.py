"""The parts of the pass that resolves: what is offered to whom, what always applies, what a request adds."""
