# What the library is built from beside its own sources: a CBLAS and Random123.

set(allowed auto openblas blis none)
if(NOT DIRICHLET_BLAS IN_LIST allowed)
  message(FATAL_ERROR "DIRICHLET_BLAS is '${DIRICHLET_BLAS}'; it must be auto, openblas, blis "
    "or none.")
endif()

if(DIRICHLET_BLAS STREQUAL "none")
  set(DIRICHLET_CBLAS_NAME none)
else()
  set(DirichletCBLAS_VENDOR ${DIRICHLET_BLAS})
  find_package(DirichletCBLAS QUIET)
  if(NOT DirichletCBLAS_FOUND)
    message(FATAL_ERROR
      "No CBLAS was found for DIRICHLET_BLAS=${DIRICHLET_BLAS}.\n"
      "On Debian and Ubuntu install libopenblas-dev (or libblis-dev for BLIS). "
      "DIRICHLET_BLAS=none builds without one, from slow plain C kernels.")
  endif()
  set(DIRICHLET_CBLAS_NAME ${DirichletCBLAS_NAME})
  set_target_properties(dirichlet::cblas PROPERTIES IMPORTED_GLOBAL TRUE)
  include(CheckCBLASWidth)
endif()
message(STATUS "dirichlet: matrix products on ${DIRICHLET_CBLAS_NAME}")

find_path(DIRICHLET_RANDOM123_INCLUDE_DIR Random123/philox.h
  DOC "Directory of Random123/philox.h (headers only, needed for building alone)")
mark_as_advanced(DIRICHLET_RANDOM123_INCLUDE_DIR)
if(NOT DIRICHLET_RANDOM123_INCLUDE_DIR)
  message(FATAL_ERROR
    "Random123/philox.h was not found: the counter-based generator of the probes is built "
    "from it.\nOn Debian and Ubuntu install librandom123-dev, elsewhere set "
    "DIRICHLET_RANDOM123_INCLUDE_DIR to the directory that holds Random123/.")
endif()
