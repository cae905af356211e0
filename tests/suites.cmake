# Helpers for programs and tests of Vidimus itself.

# Sets `out` to whether a suite is wanted in this build tree.
function(vidimus_wants out suite)
  if(suite IN_LIST VIDIMUS_SUITES OR (VIDIMUS_SUITES STREQUAL "" AND NOT suite STREQUAL "fuzz"))
    set(${out} TRUE PARENT_SCOPE)
  else()
    set(${out} FALSE PARENT_SCOPE)
  endif()
endfunction()

# Sets `out` to the files that match, in a stable order, and looks again on every build.
function(vidimus_sources out)
  list(TRANSFORM ARGN PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  file(GLOB found CONFIGURE_DEPENDS ${ARGN})
  list(SORT found)
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# A program of a suite, with everything of Vidimus.
function(vidimus_program suite name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE vidimus::vidimus)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(${name} PRIVATE
    "VIDIMUS_TEST_DATA=\"${PROJECT_SOURCE_DIR}/tests\""
    "VIDIMUS_FUZZ_DATA=\"${PROJECT_SOURCE_DIR}/fuzz/corpus\"")
  vidimus_wants(wanted ${suite})
  if(NOT wanted)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL TRUE)
  endif()
endfunction()

# A program from all sources of a folder, if there are any.
function(vidimus_folder_program suite name folder)
  vidimus_sources(sources ${folder}/*.cpp)
  if(sources)
    vidimus_program(${suite} ${name} ${sources})
  endif()
endfunction()

# A test of a suite: vidimus_test(suite name seconds COMMAND ...). The suite is its label.
function(vidimus_test suite name seconds)
  vidimus_wants(wanted ${suite})
  if(wanted)
    set(name "${VIDIMUS_TEST_PREFIX}${name}")
    add_test(NAME ${name} ${ARGN})
    set_tests_properties(${name} PROPERTIES LABELS ${suite} TIMEOUT ${seconds}
      ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1")
  endif()
endfunction()
