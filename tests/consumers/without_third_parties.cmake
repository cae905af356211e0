# Crypto++ and pugixml missing: vidimus::core works, and what is missing is said by name.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
set(nothing_there -DCMAKE_DISABLE_FIND_PACKAGE_cryptopp=ON -DCMAKE_DISABLE_FIND_PACKAGE_pugixml=ON
  -DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON)
build_consumer(fetch -DHOW=fetch "-DROOT=${ROOT}" -DTARGET=vidimus::core ${nothing_there})
if(NOT output MATCHES "vidimus::cryptopp[^,]*left out" OR NOT output MATCHES "vidimus::pugixml[^,]*left out")
  message(FATAL_ERROR "what is missing is not named:\n${output}")
endif()

install_vidimus(${nothing_there})
set(package "-DCMAKE_PREFIX_PATH=${WORK}/prefix" ${nothing_there})
build_consumer(package ${package} -DTARGET=vidimus::core)
must_fail("vidimus::cryptopp" "${CMAKE_COMMAND}" -S "${ROOT}/tests/consumers/project" -B "${WORK}/refused"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" ${package} "-DWANTED=COMPONENTS cryptopp")
