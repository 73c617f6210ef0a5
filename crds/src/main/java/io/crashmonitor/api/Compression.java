package io.crashmonitor.api;

/** How a dump is stored; downloads of Gzip arrive as a plain .dmp. */
public enum Compression {
  Gzip,
  None,
  Zstd
}
