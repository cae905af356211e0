# What the consumer tests share. Each test is `cmake -DCOMPILER=... -DROOT=... -DVERSION=... -DWORK=... -P <name>.cmake`.

# Runs a command, which must succeed.
function(must_succeed)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "failed: ${command}\n${text}")
  endif()
  set(output "${text}" PARENT_SCOPE)
endfunction()

# Runs a command, which must fail and say so.
function(must_fail regex)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  list(JOIN ARGN " " command)
  if(status EQUAL 0)
    message(FATAL_ERROR "succeeded, but must not: ${command}\n${text}")
  endif()
  if(NOT text MATCHES "${regex}")
    message(FATAL_ERROR "failed, but not with '${regex}': ${command}\n${text}")
  endif()
endfunction()

# Configures, builds and runs the project beside this file in ${WORK}/<name>; more arguments go to CMake.
function(build_consumer name)
  set(build "${WORK}/${name}")
  must_succeed("${CMAKE_COMMAND}" -S "${ROOT}/tests/consumers/project" -B "${build}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" ${ARGN})
  set(output "${output}" PARENT_SCOPE)
  must_succeed("${CMAKE_COMMAND}" --build "${build}")
  must_succeed("${build}/consumer")
endfunction()

# Installs Vidimus below ${WORK}/prefix.
function(install_vidimus)
  must_succeed("${CMAKE_COMMAND}" -S "${ROOT}" -B "${WORK}/vidimus" "-DCMAKE_CXX_COMPILER=${COMPILER}"
    "-DCMAKE_INSTALL_PREFIX=${WORK}/prefix" -DVIDIMUS_DEVELOPER=OFF ${ARGN})
  must_succeed("${CMAKE_COMMAND}" --install "${WORK}/vidimus")
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
