# A host that has Crypto++ as a target already: that one is used.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
build_consumer(given -DHOW=given "-DROOT=${ROOT}" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON)
file(READ "${WORK}/given/compile_commands.json" commands)
if(NOT commands MATCHES "GIVEN_BY_THE_HOST")
  message(FATAL_ERROR "the host's cryptopp::cryptopp was not used:\n${commands}")
endif()
