# Flags that everything of this project is compiled with, the consumer's code not.

# clang takes the named integer constants of C, enum { SAMPLES = 10 }, for enumerations.
set(DIRICHLET_WARNINGS
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla
  -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings -Wredundant-decls -Wundef -Wunused-macros
  $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
  $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
  $<$<COMPILE_LANG_AND_ID:C,GNU>:-Wlogical-op>
  $<$<COMPILE_LANG_AND_ID:C,GNU>:-Wduplicated-cond>
  $<$<COMPILE_LANG_AND_ID:C,Clang,AppleClang>:-Wno-enum-float-conversion>
  $<$<COMPILE_LANG_AND_ID:C,Clang,AppleClang>:-Wcomma>
  $<$<COMPILE_LANG_AND_ID:C,Clang,AppleClang>:-Wconditional-uninitialized>
  $<$<COMPILE_LANG_AND_ID:C,Clang,AppleClang>:-Wunreachable-code>)

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
