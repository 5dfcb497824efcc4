using ExecActors.Protocol.Tests.Envelopes;
using FsCheck;
using FsCheck.Xunit;

namespace ExecActors.Protocol.Tests.FileSystem;

public sealed class FsRoundTripTests
{
    [Property(MaxTest = 3000)]
    public void What_a_client_writes_is_what_a_server_reads(DoNotSize<int> seed)
    {
        var sent = new RandomParams(seed.Item).Next();
        var written = Wire.Serialized(sent);

        var (read, error) = FsParams.Decode(MethodOf(sent), written);

        Assert.True(read is not null, $"{error.Message}: {Wire.Text(written)}");
        Assert.Equal(sent.GetType(), read.GetType());
        Assert.Equal(Wire.Text(written), Wire.Text(Wire.Serialized(read)));
    }

    [Property(MaxTest = 1000)]
    public void The_order_of_members_does_not_matter(DoNotSize<int> seed)
    {
        var sent = new RandomParams(seed.Item).Next();
        var written = Wire.Text(Wire.Serialized(sent));

        Assert.Equal(written, FsParams.Accepted(MethodOf(sent), Shuffled.Members(written, new Random(seed.Item))));
    }

    [Property(MaxTest = 3000)]
    public void Anything_else_is_accepted_or_refused_with_a_text(DoNotSize<int> seed, byte[] noise)
    {
        var json = new RandomJson(seed.Item);
        var sent = new RandomParams(seed.Item).Next();
        var mutated = Wire.Serialized(sent);
        mutated[json.Random.Next(mutated.Length)] = (byte)json.Random.Next(256);

        foreach (var method in FsParams.Methods)
        {
            AssertDecided(method, mutated);
            AssertDecided(method, mutated[..json.Random.Next(mutated.Length)]);
            AssertDecided(method, noise);
        }
    }

    private static void AssertDecided(string method, byte[] json)
    {
        var (value, error) = FsParams.Decode(method, json);
        Assert.Equal(value is not null, string.IsNullOrEmpty(error.Message));
    }

    /// <summary>The type of <c>fs/readFile</c> is <c>FsReadFileParams</c>, and so on.</summary>
    private static string MethodOf(object sent)
    {
        var name = sent.GetType().Name["Fs".Length..^"Params".Length];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
