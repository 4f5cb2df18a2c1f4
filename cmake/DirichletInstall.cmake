# Headers, libraries, the pkg-config file and the CMake package, all relocatable.
include(CMakePackageConfigHelpers)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/dirichlet"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/dirichlet")
foreach(kind shared static)
  string(TOUPPER ${kind} option)
  if(DIRICHLET_BUILD_${option})
    install(TARGETS dirichlet_${kind} EXPORT dirichlet-${kind}-targets
      LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
      ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    install(EXPORT dirichlet-${kind}-targets NAMESPACE dirichlet:: DESTINATION "${package_dir}")
  endif()
endforeach()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/dirichlet-config.cmake.in"
  "${PROJECT_BINARY_DIR}/dirichlet-config.cmake"
  INSTALL_DESTINATION "${package_dir}"
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 every minor version may break the interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/dirichlet-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/dirichlet-config.cmake"
  "${PROJECT_BINARY_DIR}/dirichlet-config-version.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindDirichletCBLAS.cmake"
  DESTINATION "${package_dir}")

# What only a static link needs: the CBLAS as -L and -l, so that the linker may take
# its static form too. Not "Requires.private: openblas": in Debian that module asks for
# libgfortran, which only the LAPACK part needs and which is not installed with it.
set(pc_libs_private "")
if(NOT DIRICHLET_CBLAS_NAME STREQUAL "none")
  foreach(library IN LISTS DirichletCBLAS_LIBRARIES)
    if(library MATCHES "^(/.*)/lib([^/]+)\\.(so|a)$")
      string(APPEND pc_libs_private "-L${CMAKE_MATCH_1} -l${CMAKE_MATCH_2} ")
    else()
      string(APPEND pc_libs_private "${library} ")
    endif()
  endforeach()
  string(APPEND pc_libs_private "-lpthread ")
endif()
string(APPEND pc_libs_private "-lm")

# The way from the folder of dirichlet.pc up to the prefix, so that it can move.
set(pc_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_LIBDIR absolute)
if(absolute)
  set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
  file(RELATIVE_PATH pc_up "/prefix/${pc_dir}" "/prefix")
  string(REGEX REPLACE "/$" "" pc_up "${pc_up}")
  set(pc_prefix "\${pcfiledir}/${pc_up}")
endif()
foreach(dir LIBDIR INCLUDEDIR)
  cmake_path(IS_ABSOLUTE CMAKE_INSTALL_${dir} absolute)
  if(absolute)
    set(pc_${dir} "${CMAKE_INSTALL_${dir}}")
  else()
    set(pc_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
  endif()
endforeach()
configure_file("${PROJECT_SOURCE_DIR}/cmake/dirichlet.pc.in"
  "${PROJECT_BINARY_DIR}/dirichlet.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/dirichlet.pc" DESTINATION "${pc_dir}")
