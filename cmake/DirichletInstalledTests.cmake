# Tests of what others do with the installed library. One test installs it, for all of them.
#
#   dirichlet_installed_test(NAME LABEL COMMAND...)
#
# The environment of the command gives PREFIX, PKG_CONFIG_PATH and LD_LIBRARY_PATH of that copy,
# and CMAKE, GENERATOR, CC and CXX (empty where there is none). Exit status 77: skipped, as what the
# test is about is not installed.
#
# There are none where a plain program cannot load the library, as it is instrumented, or where
# there is nothing to load.
include(GNUInstallDirs)

set(DIRICHLET_HAS_INSTALLED_TESTS OFF)
if(DIRICHLET_BUILD_TESTS AND DIRICHLET_INSTALL AND DIRICHLET_BUILD_SHARED
    AND NOT (DIRICHLET_SANITIZE OR DIRICHLET_COVERAGE OR DIRICHLET_BUILD_FUZZERS))
  set(DIRICHLET_HAS_INSTALLED_TESTS ON)
  set(DIRICHLET_TEST_PREFIX "${PROJECT_BINARY_DIR}/tests/prefix")
  add_test(NAME install.prefix
    COMMAND sh -c "rm -rf \"$1\" && exec \"$0\" --install \"$2\" --config \"$3\" --prefix \"$1\""
      "${CMAKE_COMMAND}" "${DIRICHLET_TEST_PREFIX}" "${PROJECT_BINARY_DIR}" $<CONFIG>)
  set_tests_properties(install.prefix PROPERTIES
    LABELS install
    FIXTURES_SETUP installed)
endif()

function(dirichlet_installed_test name label)
  if(NOT DIRICHLET_HAS_INSTALLED_TESTS)
    return()
  endif()
  set(libraries "${DIRICHLET_TEST_PREFIX}/${CMAKE_INSTALL_LIBDIR}")
  set(environment "PREFIX=${DIRICHLET_TEST_PREFIX}" "PKG_CONFIG_PATH=${libraries}/pkgconfig"
    "LD_LIBRARY_PATH=${libraries}" "CMAKE=${CMAKE_COMMAND}" "GENERATOR=${CMAKE_GENERATOR}"
    "CC=${CMAKE_C_COMPILER}" "CXX=${CMAKE_CXX_COMPILER}")
  add_test(NAME ${name} COMMAND ${ARGN})
  set_tests_properties(${name} PROPERTIES
    LABELS "${label}"
    FIXTURES_REQUIRED installed
    SKIP_RETURN_CODE 77
    TIMEOUT 900
    ENVIRONMENT "${environment}")
endfunction()
