# Compares the sources with what clang-format makes of them (.clang-format).
file(GLOB_RECURSE files "${ROOT}/include/*.hpp" "${ROOT}/tests/*.hpp" "${ROOT}/tests/*.cpp" "${ROOT}/fuzz/*.hpp"
  "${ROOT}/fuzz/*.cpp" "${ROOT}/docs/examples/*.cpp" "${ROOT}/docs/examples/*.hpp" "${ROOT}/docs/tools/*.cpp"
  "${ROOT}/docs/tools/*.hpp")
execute_process(COMMAND "${CLANG_FORMAT}" --dry-run -Werror ${files} RESULT_VARIABLE status ERROR_VARIABLE messages)
if(NOT status EQUAL 0)
  string(REGEX MATCHALL "[^\n]*error: code should be clang-formatted[^\n]*" places "${messages}")
  list(LENGTH places count)
  list(SUBLIST places 0 20 places)
  list(JOIN places "\n" places)
  message(FATAL_ERROR "${count} places differ; run clang-format -i on the files named:\n${places}")
endif()
