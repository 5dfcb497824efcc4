using System.Runtime.CompilerServices;

namespace ExecActors.Protocol;

/// <summary>The members of the message object that mean something; all others are only checked.</summary>
internal enum EnvelopeMember
{
    Id,
    Method,
    Params,
    Result,
    Error,
    Trace,
    Other,
}

/// <summary>Where each member's value lies in the frame.</summary>
[InlineArray((int)EnvelopeMember.Other)]
internal struct EnvelopeMembers
{
    private (int Start, int Length) _first;

    public readonly bool Has(EnvelopeMember member) => this[(int)member].Length > 0;

    public readonly ReadOnlySpan<byte> Of(ReadOnlySpan<byte> frame, EnvelopeMember member) =>
        frame.Slice(this[(int)member].Start, this[(int)member].Length);

    public static EnvelopeMember Named(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("id"u8) => EnvelopeMember.Id,
        5 when name.SequenceEqual("trace"u8) => EnvelopeMember.Trace,
        5 when name.SequenceEqual("error"u8) => EnvelopeMember.Error,
        6 when name.SequenceEqual("method"u8) => EnvelopeMember.Method,
        6 when name.SequenceEqual("params"u8) => EnvelopeMember.Params,
        6 when name.SequenceEqual("result"u8) => EnvelopeMember.Result,
        _ => EnvelopeMember.Other,
    };
}
