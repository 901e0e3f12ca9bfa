package dev.millrace.log;

/// Stored records are damaged. Nothing was cut away; what stands behind the damage can be read from
/// [#nextReadableOffset].
public final class CorruptRecordException extends LogException {
    private static final long serialVersionUID = 1L;

    private final Damage damage;

    public CorruptRecordException(Damage damage) {
        super(
                Code.CORRUPT_RECORD,
                damage + "; go on behind it from offset " + damage.nextReadableOffset());
        this.damage = damage;
    }

    public Damage damage() {
        return damage;
    }

    /// The first offset behind the damage, which may be the high-water mark.
    public long nextReadableOffset() {
        return damage.nextReadableOffset();
    }
}
