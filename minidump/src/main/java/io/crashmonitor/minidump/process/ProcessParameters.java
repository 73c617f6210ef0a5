package io.crashmonitor.minidump.process;

import io.crashmonitor.minidump.reader.Architecture;
import io.crashmonitor.minidump.reader.DumpThread;
import io.crashmonitor.minidump.reader.Memory;
import io.crashmonitor.minidump.reader.MinidumpException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the process was started, from its PEB: a thread's TEB points to it, it points to
 * RTL_USER_PROCESS_PARAMETERS. Of the environment only names are taken: values hold secrets.
 *
 * @param imagePath of the program
 * @param commandLine as given
 * @param environment names of variables
 */
public record ProcessParameters(String imagePath, String commandLine, List<String> environment) {
  private static final int MOST_ENVIRONMENT = 128 * 1024;
  private static final int MOST_NAMES = 512;
  private static final int LONGEST_NAME = 256;

  /** Offsets that depend on the pointer's size (winternl.h; stable since Windows XP). */
  private record Layout(
      int pointer, int peb, int parameters, int imagePath, int commandLine, int environment) {
    static final Layout BITS_64 = new Layout(8, 0x60, 0x20, 0x60, 0x70, 0x80);
    static final Layout BITS_32 = new Layout(4, 0x30, 0x10, 0x38, 0x40, 0x48);
  }

  /** Reads them; empty where the dump does not hold that memory. */
  public static Optional<ProcessParameters> read(
      Memory memory, Architecture architecture, List<DumpThread> threads) {
    Layout layout = architecture.pointerSize() == 8 ? Layout.BITS_64 : Layout.BITS_32;
    for (DumpThread thread : threads) {
      if (thread.teb() != 0 && memory.readable(thread.teb() + layout.peb(), layout.pointer())) {
        try {
          return Optional.of(fromTeb(memory, layout, thread.teb()));
        } catch (MinidumpException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static ProcessParameters fromTeb(Memory memory, Layout layout, long teb) {
    long peb = memory.pointer(teb + layout.peb(), layout.pointer());
    long parameters = memory.pointer(peb + layout.parameters(), layout.pointer());
    return new ProcessParameters(
        text(memory, layout, parameters + layout.imagePath()),
        text(memory, layout, parameters + layout.commandLine()),
        names(memory, memory.pointer(parameters + layout.environment(), layout.pointer())));
  }

  /** A UNICODE_STRING: 16-bit length in bytes, so at most 64 KiB. */
  private static String text(Memory memory, Layout layout, long at) {
    int length = memory.u16(at) & ~1;
    long buffer = memory.pointer(at + layout.pointer(), layout.pointer());
    return new String(memory.bytes(buffer, length), StandardCharsets.UTF_16LE);
  }

  /** The block is NAME=value texts, each ended by a zero, the last by another. */
  private static List<String> names(Memory memory, long block) {
    int there = (int) memory.available(block, MOST_ENVIRONMENT) & ~1;
    String all = new String(memory.bytes(block, there), StandardCharsets.UTF_16LE);
    List<String> names = new ArrayList<>();
    int at = 0;
    while (at < all.length() && all.charAt(at) != 0 && names.size() < MOST_NAMES) {
      int end = all.indexOf('\0', at);
      // The drives' current folders stand as =C:=C:\…: their names begin with '='.
      int equals = all.indexOf('=', at + 1);
      if (end < 0) {
        break;
      }
      if (all.charAt(at) != '=' && equals > 0 && equals < end && equals - at <= LONGEST_NAME) {
        names.add(all.substring(at, equals));
      }
      at = end + 1;
    }
    return List.copyOf(names);
  }
}
