# FetchContent from a checkout: only the library comes along, and its headers cause no warnings.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
build_consumer(all -DHOW=fetch "-DROOT=${ROOT}")
build_consumer(core -DHOW=fetch "-DROOT=${ROOT}" -DTARGET=vidimus::core)
