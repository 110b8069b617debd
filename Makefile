# Makefile - the short names for what people do here.
#
# Everything is done by cmake and by the scripts in tools/; each target first
# asks tools/setup for what it needs, and tools/setup is silent when it is
# there.
#
# SPDX-License-Identifier: MIT
.POSIX:
.PHONY: help run lesson check docs bench windows lint clean

help:
	@echo 'make run      build, then take the tour (needs a C compiler, cmake)'
	@echo 'make lesson N=02   check your answer to the exercise of a lesson'
	@echo 'make check    build and test everything, the Windows build too'
	@echo 'make docs     write the documentation site'
	@echo 'make bench    run the benchmarks'
	@echo 'make windows  build for Windows, test under Wine'
	@echo 'make lint     check the form of the sources'
	@echo 'make clean    remove what was built'

run:
	@tools/setup build
	@echo 'building, which takes a quarter of a minute or more ...'
	@tools/build run
	@build/run/dry tour
	@echo 'dry is build/run/dry; to call it by its name:'
	@echo '    export PATH="$$PWD/build/run:$$PATH"'

lesson:
	@test -n '$(N)' || { echo 'say which: make lesson N=02' >&2; exit 2; }
	@tools/setup build
	@tools/build run lesson_$(N)_STUB
	@build/run/tests/lesson_$(N)_STUB

check:
	@tools/check

docs:
	@tools/setup docs
	@tools/build run docs
	@echo 'see build/run/docs/html/index.html'

bench:
	@tools/setup bench
	@tools/build run bench
	@for program in bench/peers/run build/run/bench/bench_* \
	    bench/instructions; do \
	    if [ -x "$$program" ]; then "$$program" || exit 1; fi; \
	done

windows:
	@tools/check windows

lint:
	@tools/check tidy format cppcheck clang-tidy

clean:
	@rm -rf build
