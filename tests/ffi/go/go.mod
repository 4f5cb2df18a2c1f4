module example.org/dirichlet

go 1.19
