using System.Text;

namespace ExecActors.Protocol;

/// <summary>Reads the outside of a message straight from its UTF-8 frame.</summary>
/// <remarks>
/// The whole frame is checked: JSON grammar, UTF-8, Unicode escapes, repeated names at any depth, <see cref="JsonLimits"/>, the rules for
/// ids, methods and traces. So what decodes the params later may trust their bytes. Nothing is allocated for a known method with a numeric id and no trace.
/// </remarks>
public static class EnvelopeScanner
{
    private const int LongestUnknownName = 1024;

    /// <summary>Scans one frame.</summary>
    /// <param name="frame">One message in UTF-8, without a byte-order mark; white space around it is allowed.</param>
    /// <param name="envelope">What was found; its offsets count from the start of the frame.</param>
    /// <param name="problem">Why the frame is no message, for <see cref="Errors.Unparsable"/>; empty on success.</param>
    public static bool TryScan(ReadOnlySpan<byte> frame, out Envelope envelope, out string problem)
    {
        var scan = new JsonScan(frame, stackalloc MemberName[64], stackalloc int[JsonLimits.Depth]);
        try
        {
            if (!scan.TryRun())
            {
                envelope = default;
                problem = scan.Problem;
                return false;
            }

            return TryInterpret(frame, scan.Members, out envelope, out problem);
        }
        finally
        {
            scan.Release();
        }
    }

    private static bool TryInterpret(ReadOnlySpan<byte> frame, in EnvelopeMembers members, out Envelope envelope, out string problem)
    {
        if (members.Has(EnvelopeMember.Method))
        {
            return TryCall(frame, members, out envelope, out problem);
        }

        if (members.Has(EnvelopeMember.Result) || members.Has(EnvelopeMember.Error))
        {
            return TryAnswer(frame, members, out envelope, out problem);
        }

        envelope = default;
        problem = "missing field `error`";
        return false;
    }

    private static bool TryCall(ReadOnlySpan<byte> frame, in EnvelopeMembers members, out Envelope envelope, out string problem)
    {
        envelope = default;
        var method = members.Of(frame, EnvelopeMember.Method);
        if (method[0] != (byte)'"')
        {
            problem = $"invalid type: {EnvelopeValues.TypeOf(method)}, expected a string";
            return false;
        }

        var isRequest = members.Has(EnvelopeMember.Id);
        RequestId id = default;
        if (isRequest && !EnvelopeValues.TryId(members.Of(frame, EnvelopeMember.Id), out id, out problem))
        {
            return false;
        }

        // A notification's trace is not looked at, whatever it is.
        string? parent = null, state = null;
        if (isRequest && members.Has(EnvelopeMember.Trace)
            && !EnvelopeValues.TryTrace(members.Of(frame, EnvelopeMember.Trace), out parent, out state, out problem))
        {
            return false;
        }

        var kind = isRequest ? MessageKind.Request : MessageKind.Notification;
        var known = FindMethod(method, out var name);
        problem = "";
        envelope = new Envelope
        {
            Kind = kind,
            Id = id,
            Method = known?.Kind == kind ? known.Method : WireMethod.Unknown,
            MethodName = name,
            ParamsOffset = members[(int)EnvelopeMember.Params].Start,
            ParamsLength = members[(int)EnvelopeMember.Params].Length,
            TraceParent = parent,
            TraceState = state,
        };
        return true;
    }

    private static bool TryAnswer(ReadOnlySpan<byte> frame, in EnvelopeMembers members, out Envelope envelope, out string problem)
    {
        envelope = default;
        RpcError? error = null;
        if (!members.Has(EnvelopeMember.Result) && !EnvelopeValues.TryError(members.Of(frame, EnvelopeMember.Error), out error, out problem))
        {
            return false;
        }

        if (!members.Has(EnvelopeMember.Id))
        {
            problem = "missing field `id`";
            return false;
        }

        if (!EnvelopeValues.TryId(members.Of(frame, EnvelopeMember.Id), out var id, out problem))
        {
            return false;
        }

        envelope = new Envelope
        {
            Kind = MessageKind.Response,
            Id = id,
            MethodName = "",
            ResultOffset = members[(int)EnvelopeMember.Result].Start,
            ResultLength = members[(int)EnvelopeMember.Result].Length,
            Error = error,
        };
        return true;
    }

    private static WireMethodInfo? FindMethod(ReadOnlySpan<byte> token, out string name)
    {
        var content = token[1..^1];
        var known = WireMethods.Find(content);
        if (known is null && content.Contains((byte)'\\') && content.Length <= LongestUnknownName)
        {
            Span<byte> unescaped = stackalloc byte[LongestUnknownName];
            unescaped = unescaped[..JsonText.Unescape(content, unescaped)];
            known = WireMethods.Find(unescaped);
            name = known?.Name ?? Encoding.UTF8.GetString(unescaped);
            return known;
        }

        // A name that long is unknown whatever its end says.
        name = known?.Name ?? Encoding.UTF8.GetString(content[..Math.Min(content.Length, LongestUnknownName)]);
        return known;
    }
}
