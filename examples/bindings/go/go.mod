module dirichlet

go 1.19
