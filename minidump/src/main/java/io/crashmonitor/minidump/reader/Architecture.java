package io.crashmonitor.minidump.reader;

/** Processor architecture of the crashed process (PROCESSOR_ARCHITECTURE_*). */
public enum Architecture {
  X86("x86", 4),
  AMD64("amd64", 8),
  ARM64("arm64", 8),
  /** Any other; threads and modules are listed, registers and stacks are not. */
  OTHER("other", 8);

  private final String label;
  private final int pointerSize;

  Architecture(String label, int pointerSize) {
    this.label = label;
    this.pointerSize = pointerSize;
  }

  /** By the number in the SystemInfo stream. */
  public static Architecture of(int number) {
    return switch (number) {
      case 0 -> X86;
      case 9 -> AMD64;
      case 12 -> ARM64;
      default -> OTHER;
    };
  }

  /** As in the report: {@code x86}, {@code amd64}, {@code arm64}, {@code other}. */
  public String label() {
    return label;
  }

  /** Size of a pointer in bytes. */
  public int pointerSize() {
    return pointerSize;
  }
}
