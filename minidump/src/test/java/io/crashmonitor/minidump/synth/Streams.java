package io.crashmonitor.minidump.synth;

/** Streams that tell of the process and the machine, as Windows writes them. */
public final class Streams {
  /** S-1-5-93-2-2. */
  public static final long[] CONTAINER_USER = {5, 93, 2, 2};

  /** 2023-11-14T22:13:20.123Z. */
  public static final long CREATED = 133_444_736_001_230_000L;

  private static final long[] ADMINISTRATORS = {5, 32, 544};

  private Streams() {}

  /** ThreadInfoList with one thread: 2.5 s of user and 0.5 s of kernel time. */
  public static Bytes thread(long id, int flags, long start) {
    Bytes list = new Bytes().u32(12).u32(64).u32(1);
    list.u32(id).u32(flags).u32(flags == 0 ? 0 : 0x8007_0005L).u32(0x103);
    return list.u64(CREATED).u64(0).u64(5_000_000L).u64(25_000_000L).u64(start).u64(1);
  }

  /** HandleDataStream: type names at file offset 0, of which there are none. */
  public static Bytes handles() {
    Bytes handles = new Bytes().u32(16).u32(32).u32(2).u32(0);
    return handles.padTo(16 + 2 * 32);
  }

  /** SystemMemoryInfoStream, amounts in pages. */
  public static byte[] systemMemory(
      long page, long physical, long available, long committed, long limit) {
    Bytes info = new Bytes().u16(1).u16(15).u32(156_250).u32(page).u32(physical).padTo(52).u32(4);
    info.padTo(116).u64(available).u64(committed).u64(limit).u64(limit);
    return info.padTo(492).toArray();
  }

  /** ProcessVmCountersStream of a process of 100 bytes commit, with its job's. */
  public static byte[] counters(long jobCommit, long jobLimit) {
    Bytes counters = new Bytes().u16(2).u16(31).u32(7).u64(90).u64(80).padTo(56).u64(100).u64(110);
    counters.padTo(112).u64(1).u64(jobCommit).u64(jobCommit + 5).u64(jobLimit).u64(0);
    return counters.toArray();
  }

  /** TokenStream with one token whose groups are the administrators and the mandatory label. */
  public static byte[] token(long id, boolean administrator, int integrity, long... user) {
    byte[] userSid = sid(user);
    byte[] administrators = sid(ADMINISTRATORS);
    byte[] label = sid(16, integrity);
    Bytes groups = new Bytes().u32(2);
    groups.u32(20).u32(administrator ? 0x0F : 0x10);
    groups.u32(20 + administrators.length).u32(0x60).raw(administrators).raw(label);
    int userAt = 72 + 8;
    int groupsAt = userAt + 8 + userSid.length;
    int end = groupsAt + groups.size();
    Bytes token = new Bytes().u32(end).u32(id).u64(0x338);
    token.u32(72).u32(4).u32(userAt).u32(8 + userSid.length).u32(groupsAt).u32(groups.size());
    for (int i = 3; i < 7; i++) {
      token.u32(72).u32(0);
    }
    token.u32(1).u32(0).u32(8).u32(0).raw(userSid).raw(groups.toArray());
    return new Bytes().u32(16 + end).u32(1).u32(16).u32(72).raw(token.toArray()).toArray();
  }

  private static byte[] sid(long authority, long... parts) {
    return sid(concat(authority, parts));
  }

  private static long[] concat(long first, long[] rest) {
    long[] all = new long[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  private static byte[] sid(long[] parts) {
    Bytes sid = new Bytes().u8(1, parts.length - 1, 0, 0, 0, 0, 0, parts[0]);
    for (int i = 1; i < parts.length; i++) {
      sid.u32(parts[i]);
    }
    return sid.toArray();
  }

  /**
   * FunctionTableStream: one table over that code, entries of begin, end and unwind information.
   */
  public static byte[] functionTable(long minimum, long maximum, long... entries) {
    int count = entries.length / 3;
    Bytes stream = new Bytes().u32(24).u32(32).u32(0x70).u32(12).u32(1).u32(4).u32(0);
    stream.u64(minimum).u64(maximum).u64(minimum).u32(count).u32(0);
    stream.padTo(stream.size() + 0x70);
    for (long part : entries) {
      stream.u32(part);
    }
    return stream.toArray();
  }
}
