package io.crashmonitor.minidump.reader;

/**
 * Something in the dump that is broken, missing or cut, and what it means for the report; the rest
 * of the report holds nevertheless.
 *
 * @param part what it is about: a stream's name, a module, {@code managed}, {@code stack}
 * @param position offset in the file or address in the process, in hex; empty where there is none
 * @param message for a person
 */
public record Finding(String part, String position, String message) {
  /** A finding without a place. */
  public static Finding of(String part, String message) {
    return new Finding(part, "", message);
  }

  /** A finding at an offset of the file or an address. */
  public static Finding at(String part, long position, String message) {
    return new Finding(part, "0x" + Long.toHexString(position), message);
  }
}
