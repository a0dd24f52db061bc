# make demo    sets everything up, trains on an example, serves the best model and predicts with it
# make test    sets everything up and passes every test
.PHONY: demo test setup web release install format lint clean

SWIFT_BUILD ?= swift build
RELEASE := -c release --static-swift-stdlib
PREFIX ?= /usr/local
SOURCES := Package.swift Sources Tests

demo: release
	@scripts/demo.sh

test: setup
	@SWIFT_BUILD="$(SWIFT_BUILD)" scripts/test.sh

setup:
	@scripts/setup.sh

web: setup
	@web/build.sh

release: web
	$(SWIFT_BUILD) $(RELEASE) --product martlet
	$(SWIFT_BUILD) $(RELEASE) --product martlet-predict

install: release
	install -s -D "$$(swift build $(RELEASE) --show-bin-path)/martlet" "$(DESTDIR)$(PREFIX)/bin/martlet"
	install -D "$$(swift build $(RELEASE) --show-bin-path)/martlet-predict" \
		"$(DESTDIR)$(PREFIX)/libexec/martlet/martlet-predict"
	rm -rf "$(DESTDIR)$(PREFIX)/share/martlet/web"
	install -d "$(DESTDIR)$(PREFIX)/share/martlet"
	cp -R .build/web/dist "$(DESTDIR)$(PREFIX)/share/martlet/web"

format:
	swift format --in-place --recursive $(SOURCES)

lint:
	swift format lint --strict --recursive $(SOURCES)

clean:
	rm -rf .build
