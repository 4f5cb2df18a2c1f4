# The library passes 32-bit integers (LP64) to CBLAS. A build of 64-bit integers
# (ILP64) would read past them, so refuse it here where that can be found out.
if(CMAKE_CROSSCOMPILING)
  return()
endif()
set(checked "${DirichletCBLAS_LIBRARIES}")
if(NOT "${DIRICHLET_CBLAS_CHECKED}" STREQUAL checked)
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/cblas_width.c" [[
/* A dot product of length -2^32 + 2: 32-bit callees see 2, 64-bit ones a negative
 * length, which is defined to give 0. */
#include <stdint.h>
double cblas_ddot();
int main(void)
{
    typedef double (*wide_dot)(int64_t, const double *, int64_t, const double *, int64_t);
    const double ones[2] = {1.0, 1.0};
    return ((wide_dot)cblas_ddot)(INT64_C(-4294967294), ones, 1, ones, 1) == 2.0 ? 0 : 3;
}
]])
  try_run(width_exit width_compiles
    "${CMAKE_CURRENT_BINARY_DIR}/cblas_width" "${CMAKE_CURRENT_BINARY_DIR}/cblas_width.c"
    LINK_LIBRARIES dirichlet::cblas
    COMPILE_OUTPUT_VARIABLE width_output)
  if(NOT width_compiles)
    message(FATAL_ERROR "A program cannot be linked with ${checked}:\n${width_output}")
  endif()
  if(NOT width_exit EQUAL 0)
    message(FATAL_ERROR
      "${checked} uses 64-bit integers, or does not run (exit ${width_exit}). "
      "libdirichlet needs a CBLAS of 32-bit integers (LP64).")
  endif()
  set(DIRICHLET_CBLAS_CHECKED "${checked}" CACHE INTERNAL "CBLAS whose integer width was checked")
endif()
