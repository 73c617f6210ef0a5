package io.crashmonitor.testbed.wine;

/** What runs in a prefix beside the programs that are asked for. */
public enum Services {
  /**
   * Nothing but the wineserver: a program starts 35 ms after it was asked for. Enough for plain
   * programs; what asks for volumes (GetVolumeInformation) or network interfaces
   * (GetAdaptersAddresses) fails.
   */
  NONE(";wineboot.exe=d"),

  /**
   * Volumes and network interfaces, for a JVM and other runtimes: three more processes, 55 MB and a
   * quarter of a second at the first program.
   */
  DEVICES("");

  private final String overrides;

  Services(String overrides) {
    this.overrides = overrides;
  }

  /**
   * For {@code WINEDLLOVERRIDES}. Wine's own mscoree.dll stays, though there is no .NET Framework
   * behind it: without one, libraries of .NET 5 and later that hold no native code cannot be
   * loaded.
   */
  String overrides() {
    return "mshtml=;winemenubuilder.exe,winedbg.exe=d" + overrides;
  }
}
