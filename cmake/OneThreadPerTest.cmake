# Included by ctest before it runs the tests: one BLAS thread in each of them.
foreach(variable OPENBLAS_NUM_THREADS BLIS_NUM_THREADS OMP_NUM_THREADS)
  if(NOT DEFINED ENV{${variable}})
    set(ENV{${variable}} 1)
  endif()
endforeach()
