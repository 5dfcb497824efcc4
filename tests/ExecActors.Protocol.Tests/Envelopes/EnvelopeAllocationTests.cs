namespace ExecActors.Protocol.Tests.Envelopes;

public sealed class EnvelopeAllocationTests
{
    [Theory]
    [InlineData("""{"id":4,"method":"process/write","params":{"processId":"p1","chunk":"aGVsbG8K","writeId":"w-1"}}""")]
    [InlineData("""{"id":4,"method":"fs/getMetadata","params":{"path":"file:///tmp/a","sandbox":{"permissions":{"type":"disabled"}}}}""")]
    [InlineData("""{"method":"process/output","params":{"processId":"p1","seq":1,"stream":"stdout","chunk":"aGVsbG8K"}}""")]
    [InlineData("""{"method":"initialized"}""")]
    [InlineData("""{"id":4,"result":{"status":"accepted"}}""")]
    [InlineData("""{"id":4,"method":"process\/read","p\u0061rams":{"x":[{"deep":[1,2,3]}]},"trace":null}""")]
    public void Scanning_an_ordinary_frame_allocates_nothing(string text)
    {
        var frame = Wire.Utf8(text);
        Scan(1000); // tables are filled and the code is compiled
        var before = GC.GetAllocatedBytesForCurrentThread();

        Scan(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Scan(int times)
        {
            for (var i = 0; i < times; i++)
            {
                if (!EnvelopeScanner.TryScan(frame, out _, out var problem))
                {
                    throw new InvalidOperationException(problem);
                }
            }
        }
    }
}
