package io.crashmonitor.minidump.synth;

/** Writes amd64 UNWIND_INFO for tests. */
public final class UnwindCodes {
  private final int version;
  private final int flags;
  private final int prolog;
  private final int frame;
  private final Bytes codes = new Bytes();

  private UnwindCodes(int version, int flags, int prolog, int frame) {
    this.version = version;
    this.flags = flags;
    this.prolog = prolog;
    this.frame = frame;
  }

  public static UnwindCodes of(int prologSize) {
    return new UnwindCodes(1, 0, prologSize, 0);
  }

  public static UnwindCodes version2(int prologSize) {
    return new UnwindCodes(2, 0, prologSize, 0);
  }

  public static UnwindCodes withFrame(int prologSize, int register, int offset) {
    return new UnwindCodes(1, 0, prologSize, offset / 16 << 4 | register);
  }

  /** A code slot; further slots are added by {@link #slot}. */
  public UnwindCodes code(int prologOffset, int operation, int info) {
    codes.u8(prologOffset, info << 4 | operation);
    return this;
  }

  public UnwindCodes slot(int value) {
    codes.u16(value);
    return this;
  }

  public byte[] build() {
    return header(flags).raw(codes.toArray()).toArray();
  }

  /** The codes, then the entry that they are chained to. */
  public byte[] chainedTo(long begin, long end, int unwindInfo) {
    Bytes info = header(4).raw(codes.toArray());
    if (codes.size() / 2 % 2 == 1) {
      info.u16(0);
    }
    return info.u32(begin).u32(end).u32(unwindInfo).toArray();
  }

  private Bytes header(int withFlags) {
    return new Bytes().u8(version | withFlags << 3, prolog, codes.size() / 2, frame);
  }
}
