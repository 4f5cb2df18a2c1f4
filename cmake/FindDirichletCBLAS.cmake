# Finds a CBLAS. In: DirichletCBLAS_VENDOR, one of
#   openblas, blis   that one
#   cblas            any other, by the names cblas.h and what FindBLAS gives
#   auto             the first of these three that is there
# Out: the target dirichlet::cblas and
#   DirichletCBLAS_FOUND
#   DirichletCBLAS_NAME            openblas, blis or cblas
#   DirichletCBLAS_INCLUDE_DIR     where its cblas.h is
#   DirichletCBLAS_LIBRARIES       full paths
#
# Installed with the package as well: a static libdirichlet.a has to be linked with
# the CBLAS of the machine it is used on.

# Debian keeps each flavour in a folder of its own, so that they can be installed
# side by side; the alternatives system decides what the plain names mean.
set(_dirichlet_openblas_folders openblas-pthread openblas-openmp openblas-serial openblas)
set(_dirichlet_blis_folders blis-openmp blis-pthread blis-serial blis)

macro(_dirichlet_find_vendor name)
  find_path(DirichletCBLAS_${name}_INCLUDE_DIR cblas.h
    HINTS ${PC_DirichletCBLAS_${name}_INCLUDE_DIRS}
    PATH_SUFFIXES ${_dirichlet_${name}_folders}
    NO_CACHE)
  find_library(DirichletCBLAS_${name}_LIBRARY ${name}
    HINTS ${PC_DirichletCBLAS_${name}_LIBRARY_DIRS}
    PATH_SUFFIXES ${_dirichlet_${name}_folders}
    NO_CACHE)
  if(DirichletCBLAS_${name}_INCLUDE_DIR AND DirichletCBLAS_${name}_LIBRARY)
    set(DirichletCBLAS_NAME ${name})
    set(DirichletCBLAS_INCLUDE_DIR "${DirichletCBLAS_${name}_INCLUDE_DIR}")
    set(DirichletCBLAS_LIBRARIES "${DirichletCBLAS_${name}_LIBRARY}")
  endif()
endmacro()

macro(_dirichlet_find_openblas)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(PC_DirichletCBLAS_openblas QUIET openblas)
  endif()
  _dirichlet_find_vendor(openblas)
endmacro()

macro(_dirichlet_find_blis)
  _dirichlet_find_vendor(blis)
endmacro()

macro(_dirichlet_find_cblas)
  find_path(DirichletCBLAS_cblas_INCLUDE_DIR cblas.h PATH_SUFFIXES cblas NO_CACHE)
  find_library(DirichletCBLAS_cblas_LIBRARY cblas NO_CACHE)
  find_package(BLAS QUIET)
  if(DirichletCBLAS_cblas_INCLUDE_DIR AND BLAS_FOUND)
    set(DirichletCBLAS_NAME cblas)
    set(DirichletCBLAS_INCLUDE_DIR "${DirichletCBLAS_cblas_INCLUDE_DIR}")
    set(DirichletCBLAS_LIBRARIES ${BLAS_LIBRARIES})
    if(DirichletCBLAS_cblas_LIBRARY)
      list(PREPEND DirichletCBLAS_LIBRARIES "${DirichletCBLAS_cblas_LIBRARY}")
    endif()
  endif()
endmacro()

unset(DirichletCBLAS_NAME)
if(DirichletCBLAS_VENDOR STREQUAL "auto")
  set(_dirichlet_vendors openblas blis cblas)
else()
  set(_dirichlet_vendors ${DirichletCBLAS_VENDOR})
endif()
foreach(_dirichlet_vendor IN LISTS _dirichlet_vendors)
  if(NOT DirichletCBLAS_NAME)
    cmake_language(CALL _dirichlet_find_${_dirichlet_vendor})
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DirichletCBLAS
  REQUIRED_VARS DirichletCBLAS_NAME DirichletCBLAS_LIBRARIES DirichletCBLAS_INCLUDE_DIR)

if(DirichletCBLAS_FOUND AND NOT TARGET dirichlet::cblas)
  add_library(dirichlet::cblas INTERFACE IMPORTED)
  set_target_properties(dirichlet::cblas PROPERTIES
    INTERFACE_LINK_LIBRARIES "${DirichletCBLAS_LIBRARIES}")
endif()
