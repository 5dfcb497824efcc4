using System.Globalization;

namespace ExecActors.Platform;

/// <summary>
/// Marks processes so that whoever descends from one can be found, wherever it went: a value of the soft limit RLIMIT_LOCKS, which a process has from its
/// first moment, which fork, exec, setsid and an emptied environment leave alone, and which no kernel since 2.4 looks at.
/// </summary>
/// <remarks>
/// 19 decimal digits, so that a shell can tell them by their beginning: 4, then 7 for the host that started it (random), 5 for the family, 6 for the
/// process. A program that sets this limit itself leaves; it is found by its parent then, as long as that lives.
/// </remarks>
internal readonly record struct ProcessMark
{
    /// <summary>Numbers of families go up to this; then they start anew with those that are free.</summary>
    public const int MaxFamily = 99_999;

    /// <summary>Numbers of a family's processes go up to this; then they start anew.</summary>
    public const int MaxProcess = 999_999;

    private const ulong Ours = 4_000_000_000_000_000_000;
    private const ulong Host = 100_000_000_000;
    private const ulong Family = 1_000_000;
    private const int Hosts = 10_000_000;
    private const int PrefixDigits = 8;

    private ProcessMark(ulong value) => Value = value;

    /// <summary>What the limit is set to; 0 for no mark.</summary>
    public ulong Value { get; }

    /// <summary>A new host's marks: that of its family 0, process 0.</summary>
    public static ProcessMark NewHost() => new(Ours + ((ulong)Random.Shared.Next(Hosts) * Host));

    /// <summary>The mark of one process of this host.</summary>
    public ProcessMark Of(int family, int process) => new(Value + ((ulong)family * Family) + (ulong)process);

    /// <summary>The marks of all processes of one family of this host.</summary>
    public MarkRange RangeOfFamily(int family) => new(Of(family, 0).Value, Of(family, MaxProcess).Value);

    /// <summary>The marks of all processes of this host.</summary>
    public MarkRange RangeOfHost() => new(Value, Of(MaxFamily, MaxProcess).Value);

    /// <summary>What the decimal digits of all marks of this host begin with, and of no other.</summary>
    public string HostPrefix() => Value.ToString(CultureInfo.InvariantCulture)[..PrefixDigits];
}

/// <summary>Marks from the first to the last.</summary>
internal readonly record struct MarkRange(ulong First, ulong Last)
{
    public MarkRange(ProcessMark one)
        : this(one.Value, one.Value)
    {
    }

    public bool Contains(ulong mark) => mark >= First && mark <= Last;
}
