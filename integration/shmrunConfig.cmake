# SPDX-License-Identifier: MIT
#[=[
find_package(shmrun): sets SHMRUN_PROGRAM and SHMRUN_INCLUDE_DIR.

  shmrun_add_suite(NAME SOURCE... [JOBS N] [OPTIONS OPTION...])

adds a module NAME of these sources, and a test of that name that runs it in N
workers, as many as processors if nothing is said.
]=]
get_filename_component(_shmrun_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.."
	ABSOLUTE)
find_program(SHMRUN_PROGRAM shmrun HINTS "${_shmrun_prefix}/bin")
find_path(SHMRUN_INCLUDE_DIR shmrun.h HINTS "${_shmrun_prefix}/include")
mark_as_advanced(SHMRUN_PROGRAM SHMRUN_INCLUDE_DIR)
unset(_shmrun_prefix)

if(NOT SHMRUN_PROGRAM OR NOT SHMRUN_INCLUDE_DIR)
	set(shmrun_FOUND FALSE)
	set(shmrun_NOT_FOUND_MESSAGE "the program shmrun or shmrun.h is missing")
	return()
endif()

function(shmrun_add_suite name)
	cmake_parse_arguments(PARSE_ARGV 1 suite "" "JOBS" "OPTIONS")
	if(NOT suite_JOBS)
		include(ProcessorCount)
		ProcessorCount(suite_JOBS)
	endif()
	if(suite_JOBS LESS 1)
		set(suite_JOBS 1)
	endif()
	add_library("${name}" MODULE ${suite_UNPARSED_ARGUMENTS})
	target_include_directories("${name}" SYSTEM PRIVATE
		"${SHMRUN_INCLUDE_DIR}")
	add_test(NAME "${name}" COMMAND "${SHMRUN_PROGRAM}" --skip-exit
		"-j${suite_JOBS}" ${suite_OPTIONS} "$<TARGET_FILE:${name}>")
	# shmrun has limits of its own, for each test.
	set_tests_properties("${name}" PROPERTIES SKIP_RETURN_CODE 77
		PROCESSORS "${suite_JOBS}" TIMEOUT 86400)
endfunction()
