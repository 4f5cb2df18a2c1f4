# Flags that everything of this project is compiled with, the consumer's code not.

set(DIRICHLET_WARNINGS
  -Wall -Wextra -Wconversion -Wshadow -Wvla
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>)

set(DIRICHLET_INSTRUMENTATION "")
if(DIRICHLET_SANITIZE)
  list(APPEND DIRICHLET_INSTRUMENTATION
    -fsanitize=${DIRICHLET_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
endif()
if(DIRICHLET_COVERAGE)
  list(APPEND DIRICHLET_INSTRUMENTATION --coverage -fprofile-update=atomic)
endif()
if(DIRICHLET_BUILD_FUZZERS)
  if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "DIRICHLET_BUILD_FUZZERS needs clang; the compiler is "
      "${CMAKE_C_COMPILER_ID}.")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# One copy of every loop is enough where each is instrumented (src/core/vector.h).
if(DIRICHLET_INSTRUMENTATION OR DIRICHLET_BUILD_FUZZERS)
  add_compile_definitions(DIRICHLET_NO_CLONES)
endif()
if(DIRICHLET_INSTRUMENTATION)
  add_compile_options(${DIRICHLET_INSTRUMENTATION})
  add_link_options(${DIRICHLET_INSTRUMENTATION})
endif()
