# Compiles one file twice: with OFFENCE defined, which must fail and say what the lines "// expect: <regex>" of the
# file ask for; and without, which must compile. So a failure cannot be due to something else.
#   cmake -DCOMPILER=... -DSOURCE=... -DINCLUDE=... -P run.cmake
file(STRINGS "${SOURCE}" expectations REGEX "^// expect: ")
list(TRANSFORM expectations REPLACE "^// expect: " "")
if(NOT expectations)
  message(FATAL_ERROR "${SOURCE}: no line '// expect: <regex>'")
endif()
set(command "${COMPILER}" -std=c++20 -fsyntax-only -Wall -Wextra -Werror "-I${INCLUDE}")

execute_process(COMMAND ${command} "${SOURCE}" RESULT_VARIABLE status ERROR_VARIABLE messages)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "without the offence it must compile, but:\n${messages}")
endif()

execute_process(COMMAND ${command} -DOFFENCE "${SOURCE}" RESULT_VARIABLE status ERROR_VARIABLE messages)
if(status EQUAL 0)
  message(FATAL_ERROR "with the offence it compiles; it must not")
endif()
foreach(expectation IN LISTS expectations)
  if(NOT messages MATCHES "${expectation}")
    message(FATAL_ERROR "it fails, but not with '${expectation}':\n${messages}")
  endif()
endforeach()
