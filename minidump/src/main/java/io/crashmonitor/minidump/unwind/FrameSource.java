package io.crashmonitor.minidump.unwind;

/** How a frame was found: how far it can be trusted. */
public enum FrameSource {
  /** The registers in the dump: certain. */
  CONTEXT("context"),
  /** By the unwind tables of the callee: certain as long as the stack is sound. */
  UNWIND("unwind"),
  /** Code outside all images, by tables of the managed runtime or registered with the system. */
  JIT("jit"),
  /** By the chain of frame pointers: usually right. */
  FRAME_POINTER("frame-pointer"),
  /** Something on the stack that looks like a return address: may be a left-over. */
  GUESSED("guessed");

  private final String label;

  FrameSource(String label) {
    this.label = label;
  }

  /** As in the report. */
  public String label() {
    return label;
  }
}
