# Những gì khách hàng đọc.

customer-greeting = Xin chào! Bạn cứ hỏi về đơn hàng, giao hàng, thanh toán hay đổi trả nhé. Nếu muốn gặp nhân viên, bạn chỉ cần nói.
customer-courtesy = Không có gì ạ! Bạn cần gì thêm cứ nhắn nhé.
customer-did-you-mean = Ý bạn có phải là một trong những câu này không?
customer-answer-in-other-language = (Câu trả lời này hiện chỉ có bằng ngôn ngữ khác. Nhân viên có thể giải thích bằng tiếng Việt: bấm “Gặp nhân viên”.)
customer-answer-source = Trích từ câu hỏi thường gặp: { $question }
customer-same-answer = Về việc này mình chỉ có câu trả lời ở trên. Bạn có muốn gặp nhân viên không?
customer-answer-gone = Mình không tìm thấy câu trả lời đó nữa. Bấm “Gặp nhân viên” để được giúp nhé.
customer-handed-over = Mình đang chuyển bạn đến nhân viên. { $ahead ->
        [0] Bạn là người tiếp theo.
       *[other] Trước bạn còn { $ahead } cuộc trò chuyện.
    } { $wait }
customer-usual-wait = Gần đây đa số khách được trả lời trong vòng { $minutes } phút.
customer-target-wait = Chúng tôi cố gắng trả lời trong vòng { $minutes } phút.
customer-target-wait-hours = Chúng tôi cố gắng trả lời trong vòng { $hours } giờ.
customer-no-target-wait = Chúng tôi sẽ trả lời ngay khi có người rảnh.
customer-claimed = { $agent } đang đọc tin nhắn của bạn và sẽ trả lời ngay tại đây.
customer-late = Việc này lâu hơn chúng tôi đã nói: bạn đã chờ { $waited } phút. Thành thật xin lỗi! Chúng tôi không quên bạn; nhân viên đã được nhắc. Bạn muốn làm gì tiếp?
customer-button-wait = Tiếp tục chờ
customer-button-leave = Nhắn lại cho tôi khi có người
customer-button-bot = Thử lại với bot
customer-left = Vâng, bạn không cần chờ ở đây. Chỗ của bạn trong hàng chờ vẫn được giữ, và câu trả lời sẽ được gửi vào đây. { $when }
customer-there-now = Bây giờ đang trong giờ làm việc; nhân viên sẽ nhắn cho bạn ngay khi rảnh.
customer-there-from = Nhân viên sẽ có mặt lại từ { $day }, { $date }, { $time } ({ $zone }).
customer-there-when-free = Nhân viên sẽ nhắn cho bạn ngay khi rảnh.
customer-bot-again = Vâng, mình sẽ thử: bạn cứ hỏi, có thể bằng cách nói khác. Bạn không còn trong hàng chờ nữa; bấm “Gặp nhân viên” để vào lại.
customer-resolved = { $agent } đã đánh dấu là đã giải quyết. Nếu còn vướng mắc, bạn cứ nhắn vào đây.
customer-too-many-messages = Bạn đang gửi rất nhiều tin nhắn cùng lúc. Tất cả đều được lưu lại và sẽ được đọc chung: bạn chờ một chút nhé.
customer-glad-it-helped = Rất vui vì đã giúp được bạn!
customer-person-called = Nhân viên sẽ vào ngay.
customer-status-waiting = Bạn đã chờ nhân viên { $waited } phút. { $ahead ->
        [0] Bạn là người tiếp theo.
       *[other] Trước bạn còn { $ahead } cuộc trò chuyện.
    } { $wait }
customer-status-with-agent = { $agent } đang phụ trách cuộc trò chuyện của bạn.
customer-status-nothing-open = Hiện bạn không có gì đang chờ nhân viên. Bạn cứ hỏi, hoặc bấm “Gặp nhân viên”.
customer-button-spent = Nút này không còn dùng được nữa.
customer-agent-name = { $agent }:

customer-preference-ask = Bạn muốn ai trả lời trước? Bạn có thể đổi bất cứ lúc nào bằng /preferences.
customer-preference-human-first-set = Đã ghi nhận: nhân viên sẽ trả lời bạn trước.
customer-preference-human-if-unsure-set = Đã ghi nhận: mình trả lời khi chắc chắn, nếu không thì nhân viên trả lời.
customer-preference-bot-is-fine-set = Đã ghi nhận: mình sẽ thử trước. Bạn luôn có thể yêu cầu gặp nhân viên.
customer-language-ask = Bạn muốn dùng ngôn ngữ nào?
customer-language-set = Từ giờ chúng ta sẽ nói tiếng Việt.

customer-button-person = Gặp nhân viên
customer-button-helped = Hữu ích
customer-button-did-not-help = Chưa giúp được
customer-button-none-of-these = Không phải: gặp nhân viên
customer-button-human-first = Luôn gặp nhân viên
customer-button-human-if-unsure = Nhân viên nếu bot không chắc
customer-button-bot-is-fine = Bot trả lời cũng được
customer-button-english = English
customer-button-vietnamese = Tiếng Việt
customer-button-chinese = 中文

# Những phần tin nhắn chỉ gọi tên được.
part-photo = [một ảnh]
part-document = [một tệp: { $name }]
part-voice = [tin nhắn thoại, { $length }]
part-audio = [tệp âm thanh, { $length }]
part-video = [một video, { $length }]
part-animation = [ảnh động]
part-sticker = [nhãn dán { $emoji }]
part-location = [vị trí: { $latitude }, { $longitude }]
part-contact = [danh bạ: { $name }, { $phone }]
part-unsupported = [nội dung không hiển thị được ở đây: { $kind }]

# Danh mục lệnh trên các nền tảng.
customer-command-human = Gặp nhân viên
customer-command-status = Tình trạng yêu cầu của tôi
customer-command-language = Chọn ngôn ngữ
customer-command-preferences = Ai trả lời tôi trước
customer-command-language-argument = Ngôn ngữ: en, vi hoặc zh
