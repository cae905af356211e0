# The headers copied into a foreign tree, without CMake and third parties; with and without exceptions and RTTI.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
file(COPY "${ROOT}/include/vidimus" DESTINATION "${WORK}/third_party" PATTERN "adapt" EXCLUDE)
set(compile "${COMPILER}" -std=c++20 -Wall -Wextra -Werror -isystem "${WORK}/third_party"
  "${ROOT}/tests/consumers/project/main.cpp")
foreach(variant "-fexceptions" "-fno-exceptions;-fno-rtti")
  must_succeed(${compile} ${variant} -o "${WORK}/consumer")
  must_succeed("${WORK}/consumer")
endforeach()
if(EXISTS "${ROOT}/include/vidimus/vidimus.hpp")
  file(WRITE "${WORK}/umbrella.cpp" "#include <vidimus/vidimus.hpp>\nint main() {}\n")
  must_succeed("${COMPILER}" -std=c++20 -isystem "${WORK}/third_party" -fno-exceptions -fno-rtti -fsyntax-only
    "${WORK}/umbrella.cpp")
endif()
