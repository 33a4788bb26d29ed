# `find_package(margind)` gives the ground floor and the ports: what another program may embed.
include(CMakePackageConfigHelpers)
install(TARGETS margind margind-replay margind-load RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS margind_core margind_ports margind_options margind_boost EXPORT margind
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/margind DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES config/margind.toml DESTINATION ${CMAKE_INSTALL_SYSCONFDIR}/margind)
install(EXPORT margind NAMESPACE margind:: FILE margindTargets.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/margind)
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/margindConfig.cmake" [[
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include("${CMAKE_CURRENT_LIST_DIR}/margindTargets.cmake")
]])
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/margindConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/margindConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/margindConfigVersion.cmake"
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/margind)
