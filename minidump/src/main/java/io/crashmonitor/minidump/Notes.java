package io.crashmonitor.minidump;

import io.crashmonitor.minidump.reader.Architecture;
import io.crashmonitor.minidump.reader.ExceptionInfo;
import io.crashmonitor.minidump.reader.Finding;
import io.crashmonitor.minidump.reader.MemoryRegion;
import io.crashmonitor.minidump.reader.Minidump;
import io.crashmonitor.minidump.reader.SystemInfo;
import io.crashmonitor.minidump.reader.ThreadInfo;
import io.crashmonitor.minidump.reason.CodeNames;
import io.crashmonitor.minidump.reason.CrashReason;
import io.crashmonitor.minidump.report.CrashReport.ThreadStack;
import io.crashmonitor.minidump.unwind.Code;
import io.crashmonitor.minidump.unwind.FrameSource;
import java.util.List;
import java.util.Optional;

/** Findings that are not faults of the file: what its reader has to know to judge the report. */
final class Notes {
  private final Minidump dump;
  private final Code code;
  private final boolean windows;

  Notes(Minidump dump, Code code) {
    this.dump = dump;
    this.code = code;
    this.windows = dump.systemInfo().map(SystemInfo::windows).orElse(true);
  }

  /** Where no module is, one may have been: and a bad address is often freed memory. */
  void whereItStruck(ExceptionInfo exception, CrashReason reason) {
    dump.unloadedModules().stream()
        .filter(module -> module.contains(exception.address()))
        .filter(module -> dump.modules().find(exception.address()).isEmpty())
        .findFirst()
        .ifPresent(
            module ->
                at(
                    exception.address(),
                    "the address was in "
                        + module.name()
                        + "+"
                        + Facts.hex(exception.address() - module.base())
                        + ", which had been unloaded"));
    if (reason.accessAddress().isPresent()) {
      long address = reason.accessAddress().getAsLong();
      dump.region(address)
          .map(MemoryRegion::words)
          .filter(words -> !words.isEmpty())
          .ifPresent(words -> at(address, "the address is " + words));
    }
  }

  private void at(long address, String words) {
    dump.findings().add(Finding.at("Exception", address, words));
  }

  void whatIsMissing(Optional<ThreadStack> crashing) {
    unreadThreads();
    boolean guessed =
        crashing.map(ThreadStack::frames).orElse(List.of()).stream()
            .anyMatch(frame -> frame.source().equals(FrameSource.GUESSED.label()));
    if (guessed) {
      dump.findings().add(Finding.of("stack", guesses()));
    }
    boolean said = dump.findings().list().stream().anyMatch(f -> f.part().equals("managed"));
    boolean imageless =
        dump.modules().count() > 0 && code.images().of(dump.modules().list().get(0)).pe().isEmpty();
    boolean readable = windows && code.architecture() == Architecture.AMD64;
    if (readable && !said && imageless && code.runtime().isEmpty()) {
      dump.findings()
          .add(
              Finding.of(
                  "managed",
                  "managed data is not available: the dump does not hold the memory of images, as"
                      + " small and truncated dumps do not; of a .NET process a dump of type Full"
                      + " tells the exception, one of type MiniPlus with --images"));
    }
  }

  private String guesses() {
    String found =
        "frames marked guessed were found by searching the stack and may be left-overs: ";
    if (!windows) {
      return found + "stacks of other systems than Windows are not unwound";
    }
    if (code.architecture() == Architecture.X86) {
      return found + "x86 has no unwind tables, and there the chain of frame pointers breaks off";
    }
    return found
        + "no unwind table in the dump covers what they called; where a small dump lacks its"
        + " images, a folder of the same PE files supplies them (--images)";
  }

  /** What is said of such a thread's stack would be said of nothing. */
  private void unreadThreads() {
    List<ThreadInfo> unread =
        dump.threadInfos().values().stream().filter(ThreadInfo::unreadable).toList();
    unread.stream()
        .findFirst()
        .ifPresent(
            thread ->
                dump.findings()
                    .add(
                        Finding.of(
                            "ThreadInfoList",
                            "the dump's writer could not read "
                                + (unread.size() == 1
                                    ? "thread " + thread.id()
                                    : unread.size() + " threads, one of them " + thread.id())
                                + (thread.dumpError() == 0
                                    ? ""
                                    : " (" + CodeNames.hex(thread.dumpError()) + ")"))));
  }
}
