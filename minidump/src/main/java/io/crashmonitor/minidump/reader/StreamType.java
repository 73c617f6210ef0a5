package io.crashmonitor.minidump.reader;

import java.util.Locale;
import java.util.Optional;

/**
 * The stream types of Windows minidumps (MINIDUMP_STREAM_TYPE, minidumpapiset.h) and the ones of
 * other writers that are listed by name.
 */
public enum StreamType {
  UNUSED(0, "Unused"),
  THREAD_LIST(3, "ThreadList"),
  MODULE_LIST(4, "ModuleList"),
  MEMORY_LIST(5, "MemoryList"),
  EXCEPTION(6, "Exception"),
  SYSTEM_INFO(7, "SystemInfo"),
  THREAD_EX_LIST(8, "ThreadExList"),
  MEMORY64_LIST(9, "Memory64List"),
  COMMENT_A(10, "CommentA"),
  COMMENT_W(11, "CommentW"),
  HANDLE_DATA(12, "HandleData"),
  FUNCTION_TABLE(13, "FunctionTable"),
  UNLOADED_MODULES(14, "UnloadedModules"),
  MISC_INFO(15, "MiscInfo"),
  MEMORY_INFO_LIST(16, "MemoryInfoList"),
  THREAD_INFO_LIST(17, "ThreadInfoList"),
  HANDLE_OPERATIONS(18, "HandleOperations"),
  TOKEN(19, "Token"),
  JAVASCRIPT_DATA(20, "JavaScriptData"),
  SYSTEM_MEMORY_INFO(21, "SystemMemoryInfo"),
  PROCESS_VM_COUNTERS(22, "ProcessVmCounters"),
  IPT_TRACE(23, "IptTrace"),
  THREAD_NAMES(24, "ThreadNames"),
  BREAKPAD_INFO(0x47670001, "BreakpadInfo"),
  BREAKPAD_ASSERTION(0x47670002, "BreakpadAssertion"),
  LINUX_CPU_INFO(0x47670003, "LinuxCpuInfo"),
  LINUX_PROC_STATUS(0x47670004, "LinuxProcStatus"),
  LINUX_LSB_RELEASE(0x47670005, "LinuxLsbRelease"),
  LINUX_CMD_LINE(0x47670006, "LinuxCmdLine"),
  LINUX_ENVIRON(0x47670007, "LinuxEnviron"),
  LINUX_AUXV(0x47670008, "LinuxAuxv"),
  LINUX_MAPS(0x47670009, "LinuxMaps"),
  LINUX_DSO_DEBUG(0x4767000a, "LinuxDsoDebug"),
  CRASHPAD_INFO(0x43500001, "CrashpadInfo");

  private final int number;
  private final String label;

  StreamType(int number, String label) {
    this.number = number;
    this.label = label;
  }

  /** The type as it stands in the directory. */
  public int number() {
    return number;
  }

  /** The name people know it by, e.g. {@code ThreadList}. */
  public String label() {
    return label;
  }

  /** The type with this number, if it is known. */
  public static Optional<StreamType> of(int number) {
    for (StreamType type : values()) {
      if (type.number == number) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The label, or the number in hex for a type that is not known. */
  public static String name(int number) {
    return of(number)
        .map(StreamType::label)
        .orElseGet(() -> "0x" + Integer.toHexString(number).toLowerCase(Locale.ROOT));
  }
}
