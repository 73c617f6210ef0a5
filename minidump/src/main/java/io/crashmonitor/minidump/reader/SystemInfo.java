package io.crashmonitor.minidump.reader;

/**
 * The system the process ran on (MINIDUMP_SYSTEM_INFO).
 *
 * @param architecture of the process
 * @param platform number: 2 is Windows NT, 0x8000 and above are other systems' (Breakpad)
 * @param major of the OS version
 * @param minor of the OS version
 * @param build of the OS version
 * @param processors number of processors
 * @param servicePack text, usually empty
 */
public record SystemInfo(
    Architecture architecture,
    long platform,
    long major,
    long minor,
    long build,
    int processors,
    String servicePack) {

  private static final int SIZE = 32;

  static SystemInfo read(ByteSource bytes, StreamEntry stream) {
    Shape.atLeast(stream, SIZE);
    long at = stream.offset();
    bytes.require(at, SIZE);
    return new SystemInfo(
        Architecture.of(bytes.u16(at)),
        bytes.u32(at + 20),
        bytes.u32(at + 8),
        bytes.u32(at + 12),
        bytes.u32(at + 16),
        bytes.u8(at + 6),
        Shape.optionalText(bytes, bytes.u32(at + 24)));
  }

  /** Whether the dump is of a Windows process. */
  public boolean windows() {
    return platform <= 3;
  }

  /** Name of the operating system's family. */
  public String family() {
    if (windows()) {
      return "Windows";
    }
    return switch ((int) platform) {
      case 0x8000 -> "Unix";
      case 0x8101 -> "macOS";
      case 0x8102 -> "iOS";
      case 0x8201 -> "Linux";
      case 0x8202 -> "Solaris";
      case 0x8203 -> "Android";
      case 0x8205 -> "NaCl";
      case 0x8206 -> "Fuchsia";
      default -> "unknown (0x" + Long.toHexString(platform) + ")";
    };
  }
}
