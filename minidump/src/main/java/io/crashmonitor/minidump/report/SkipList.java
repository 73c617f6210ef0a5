package io.crashmonitor.minidump.report;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Frames that say nothing about whose crash it is: they raise, dispatch or run everyone's
 * exceptions.
 *
 * @param modules file names of system and runtime images, in lower case
 * @param methods prefixes of managed methods
 */
public record SkipList(Set<String> modules, List<String> methods) {
  /** Windows, the C and C++ runtimes, the .NET runtimes and base class libraries. */
  public static SkipList defaults() {
    return new SkipList(
        Set.of(
            "ntdll.dll",
            "kernel32.dll",
            "kernelbase.dll",
            "ucrtbase.dll",
            "ucrtbased.dll",
            "msvcrt.dll",
            "vcruntime140.dll",
            "vcruntime140_1.dll",
            "msvcp140.dll",
            "combase.dll",
            "rpcrt4.dll",
            "user32.dll",
            "win32u.dll",
            "wow64.dll",
            "wow64cpu.dll",
            "coreclr.dll",
            "clr.dll",
            "clrjit.dll",
            "mscorwks.dll",
            "mscoree.dll",
            "mscoreei.dll",
            "hostfxr.dll",
            "hostpolicy.dll",
            "system.private.corelib.dll",
            "mscorlib.ni.dll",
            "mscorlib.dll"),
        List.of("System.", "Microsoft.", "Internal.", "Interop."));
  }

  /** Whether frames of the image say nothing. */
  public boolean skipsModule(String module) {
    return modules.contains(module.toLowerCase(Locale.ROOT));
  }

  /** Whether the managed method says nothing. */
  public boolean skipsMethod(String method) {
    return methods.stream().anyMatch(method::startsWith);
  }
}
