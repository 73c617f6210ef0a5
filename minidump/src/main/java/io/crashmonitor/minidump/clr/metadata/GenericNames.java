package io.crashmonitor.minidump.clr.metadata;

import java.util.List;

/** Names of the type parameters in scope of a signature: of the type, of the method. */
record GenericNames(List<String> ofType, List<String> ofMethod) {}
